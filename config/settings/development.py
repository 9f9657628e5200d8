"""Settings of the embedded stack (`make run`): real parts, plain HTTP on the loopback interface."""

from config.settings.base import *  # noqa: F403
