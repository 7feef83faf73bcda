"""A file written whole or not at all: to a temporary file beside the target, then renamed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lotsplit.errors import Unwritable


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; when the block ends well it becomes `path`, otherwise it is removed.

    Whatever stood at `path` stays whole until the moment it is replaced, also when the process is killed. A link is
    followed and an existing file keeps its permissions. Raises Unwritable, in one sentence, for any OSError of the
    block and for what is no ordinary file.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            # Renaming onto a device such as /dev/null would succeed for root, and take the device away.
            raise Unwritable(f"{path} cannot be written: it is not an ordinary file")
        temporary = target.with_name(f".lotsplit-{secrets.token_hex(6)}{target.suffix}")
        _create(temporary, target)
    except OSError as error:
        raise Unwritable(_sentence(path, error)) from error
    try:
        yield temporary
        _flush(temporary)
        os.replace(temporary, target)
        _flush_folder(target.parent)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        cause = error if isinstance(error, OSError) else error.__context__
        # XlsxWriter wraps the OSError of its last write in an exception of its own.
        if isinstance(error, Exception) and isinstance(cause, OSError):
            raise Unwritable(_sentence(path, cause)) from error
        raise


def _create(temporary: Path, target: Path) -> None:
    """An empty file with the permissions that the target has, or that any new file would get."""
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    if target.exists():
        os.chmod(temporary, target.stat().st_mode & 0o777)


def _flush(file: Path) -> None:
    with open(file, "rb+") as stream:
        os.fsync(stream.fileno())


def _flush_folder(folder: Path) -> None:
    # Without it the rename itself may be lost with the power; Windows cannot open a folder.
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sentence(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        reason = f"the folder {path.resolve().parent} does not exist"
    elif isinstance(error, PermissionError):
        reason = "it is open in another program, or may not be written"
    else:
        reason = (error.strerror or str(error)).lower()
    return f"{path} cannot be written: {reason}"
