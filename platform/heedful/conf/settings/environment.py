"""Where settings come from: the environment, then what was generated for this home directory."""

from pathlib import Path

import environ

from heedful.conf import credentials

CHECKOUT = Path(__file__).resolve().parents[4]
env = environ.Env()
HOME = Path(env.str("HEEDFUL_HOME", default=str(CHECKOUT / "var"))).resolve()
GENERATED = credentials.load(HOME)
