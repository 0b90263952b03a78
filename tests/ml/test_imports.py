import subprocess
import sys
from pathlib import Path

import ml

_EVERY_MODULE = """
import importlib, pkgutil, sys
import ml
names = [module.name for module in pkgutil.walk_packages(ml.__path__, "ml.")]
for name in names:
    importlib.import_module(name)
assert len(names) > 20, names
print(sorted(set(sys.modules) & {"django", "celery", "heedful", "workers"}))
"""

_NUMPY_ONLY = """
import importlib, pkgutil, sys
import ml.strategies
for module in pkgutil.walk_packages(ml.strategies.__path__, "ml.strategies."):
    importlib.import_module(module.name)
print(sorted(set(sys.modules) & {"torch", "onnx", "onnxruntime"}))
"""


def _run(program: str) -> str:
    root = Path(ml.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_no_module_pulls_in_the_platform():
    assert _run(_EVERY_MODULE) == "[]"


def test_strategies_load_neither_torch_nor_onnx():
    assert _run(_NUMPY_ONLY) == "[]"
