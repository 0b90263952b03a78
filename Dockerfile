# One image for web, workers, beat and the preparation; docker-compose.yml says which runs what.

FROM node:24-slim AS frontend
WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend ./
RUN npm run build

FROM python:3.11-slim
# pip reads this one by itself: give PyTorch's index of CPU builds for an image without CUDA.
ARG PIP_EXTRA_INDEX_URL
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=heedful.conf.settings HEEDFUL_HOME=/data
# Model cards as PDF are set with Pango.
RUN apt-get update -qq \
    && apt-get install -qq --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home heedful && install --directory --owner heedful /data
WORKDIR /app
# The libraries first: they change seldom, and an editable install needs no more of the sources than their place.
COPY pyproject.toml constraints.txt LICENSE README.md ./
COPY platform/heedful/__init__.py platform/heedful/
RUN pip install --no-cache-dir --constraint constraints.txt --editable .
COPY manage.py ./
COPY platform platform
COPY workers workers
COPY ml ml
COPY --from=frontend /app/frontend/dist frontend/dist
USER heedful
VOLUME /data
EXPOSE 8000
