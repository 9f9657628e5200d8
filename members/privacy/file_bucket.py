"""Sealed files in a bucket of S3, or of a store that speaks as S3 does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

GONE = {"404", "NoSuchKey"}
PATIENCE = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 3},
    request_checksum_calculation="when_required",  # many stores that speak S3 do not know the newer check sums
    response_checksum_validation="when_required",
)


@contextmanager
def _os_errors() -> Iterator[None]:
    """Raise what a folder would raise: FileNotFoundError, else OSError."""
    try:
        yield
    except ClientError as error:
        raise (FileNotFoundError if error.response["Error"]["Code"] in GONE else OSError)(str(error)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise OSError(str(error)) from error


def _with_os_errors(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with _os_errors():
            return method(*args, **kwargs)

    return wrapped


class SealedBucket(S3Storage):
    """A bucket that fails as a folder does. Objects pass through memory only, and are never read by an address."""

    def __init__(self, **options: Any) -> None:
        """Take bucket_name, endpoint_url and region_name; who may enter, boto3 finds by its own variables or role."""
        super().__init__(client_config=PATIENCE, **options)

    def _open(self, name: str, mode: str = "rb") -> File:  # noqa: ARG002 -- Django's signature
        with _os_errors():
            return ContentFile(self.bucket.Object(self._normalize_name(name)).get()["Body"].read(), name)

    _save = _with_os_errors(S3Storage._save)  # noqa: SLF001 -- where Django's storages do their work
    delete = _with_os_errors(S3Storage.delete)
    exists = _with_os_errors(S3Storage.exists)
    listdir = _with_os_errors(S3Storage.listdir)
    size = _with_os_errors(S3Storage.size)
    get_modified_time = _with_os_errors(S3Storage.get_modified_time)
