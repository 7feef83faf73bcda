"""Compiles the kernel when the package is built, where there is a C compiler; the package works without it (../compiled.py)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "lotsplit.optimizer._kernel"
STABLE_SINCE = "0x030B0000"


class KernelBuild(BuildHookInterface):  # type: ignore[misc]
    """A build hook of Hatchling: adds the compiled kernel to a wheel, or puts it beside the sources of an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into a temporary folder."""
        if self.target_name != "wheel":
            return
        self.folder = tempfile.TemporaryDirectory()
        built = compiled(Path(self.root) / "lotsplit/optimizer/kernel", Path(self.folder.name))
        if built is None:
            self.app.display_warning(
                "no C compiler: lotsplit is installed without its compiled kernel and will be slower"
            )
            return
        if version == "editable":
            beside = Path(self.root) / "lotsplit/optimizer" / f"{built.name}.new"
            beside.write_bytes(built.read_bytes())
            # a process that runs keeps the old one
            beside.replace(beside.with_suffix(""))
            return
        build_data["force_include"][str(built)] = f"lotsplit/optimizer/{built.name}"
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Clean up."""
        if hasattr(self, "folder"):
            self.folder.cleanup()


def compiled(sources: Path, target: Path) -> Path | None:
    """The kernel compiled into a folder, None where that cannot be done here."""
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    # no fused multiply-add: the same figures on every machine
    exact = [] if sys.platform == "win32" else ["-ffp-contract=off"]
    extension = Extension(
        NAME,
        sorted(str(path) for path in sources.glob("*.c")),
        extra_compile_args=exact,
        define_macros=[("Py_LIMITED_API", STABLE_SINCE)],
        py_limited_api=True,
        optional=True,
    )
    command = build_ext(Distribution({"name": "lotsplit", "ext_modules": [extension]}))
    command.build_lib, command.build_temp = str(target / "lib"), str(target / "temp")
    command.ensure_finalized()
    command.run()
    return next(iter(sorted((target / "lib").rglob("_kernel.*"))), None)
