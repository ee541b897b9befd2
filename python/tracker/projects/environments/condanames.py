"""What conda's packages are called on PyPI, and which of them are no Python distributions.

A package that is not listed here has the same name in both places. The lists were put together from
packages that people's environment files name.
"""

from __future__ import annotations

import re

BUILD_PACKAGES = frozenset({"pip", "setuptools", "wheel"})

PYPI_NAMES = {
    "dask": "dask[complete]",
    "dask-core": "dask",
    "faiss": "faiss-cpu",
    "fasttext": "fasttext-wheel",
    "gym-all": "gym",
    "keras-gpu": "keras",
    "lightgbm-gpu": "lightgbm",
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "opencv": "opencv-python",
    "py-lightgbm": "lightgbm",
    "py-opencv": "opencv-python",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "py-xgboost-gpu": "xgboost",
    "pyg": "torch-geometric",
    "pyqt": "PyQt5",
    "psycopg2": "psycopg2-binary",
    "pytables": "tables",
    "python-flatbuffers": "flatbuffers",
    "python-graphviz": "graphviz",
    "python-kaleido": "kaleido",
    "python-tzdata": "tzdata",
    "python-xxhash": "xxhash",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-geometric": "torch-geometric",
    "pytorch-gpu": "torch",
    "ruamel_yaml": "ruamel.yaml",
    "seaborn-base": "seaborn",
    "snakemake-minimal": "snakemake",
    "tensorflow-base": "tensorflow",
    "tensorflow-cpu": "tensorflow",
    "tensorflow-eigen": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "tensorflow-mkl": "tensorflow",
    "torchaudio-cpu": "torchaudio",
    "torchvision-cpu": "torchvision",
    "uvicorn-standard": "uvicorn[standard]",
    "xgboost-gpu": "xgboost",
}

_PYTHON_PACKAGES_NAMED_LIB = frozenset({"libcst", "librosa", "libsass", "libtmux"})

_BUNDLED = re.compile(
    r"_.*|lib.*|ld_impl_.*|mkl.*|blas|openblas|intel-openmp|llvm-openmp|tbb|nomkl|cpuonly|"
    r"cudatoolkit|cudnn|cuda|cuda-.*|nccl|magma-.*|pytorch-cuda|pytorch-mutex|"
    r"numpy-base|python_abi|py-boost|arrow-cpp|parquet-cpp|aws-.*|gflags|glog|re2|snappy|"
    r"openssl|ca-certificates|sqlite|tk|readline|ncurses|xz|zlib|zstd|bzip2|lz4-c|blosc|c-blosc2|"
    r"icu|jpeg|openjpeg|lcms2|giflib|freetype|fontconfig|cairo|pango|pixman|harfbuzz|glib|gettext|"
    r"expat|pcre|dbus|gstreamer|gst-plugins-base|qt|qt-main|xorg-.*|hdf5|zeromq|yaml|boost-cpp|"
    r"tzdata|vc|vs2015_runtime|ucrt|conda|conda-.*|brotli|brotli-bin|eigen|fftw|gmp|mpfr|mpc"
)

PROGRAMS = {
    "compilers": "cc",
    "cxx-compiler": "c++",
    "curl": "curl",
    "ffmpeg": "ffmpeg",
    "gcc": "gcc",
    "gcc_linux-64": "gcc",
    "gfortran": "gfortran",
    "git": "git",
    "git-lfs": "git-lfs",
    "go": "go",
    "graphviz": "dot",
    "gxx": "g++",
    "gxx_linux-64": "g++",
    "java-jdk": "java",
    "julia": "julia",
    "make": "make",
    "mpich": "mpirun",
    "nodejs": "node",
    "octave": "octave",
    "openjdk": "java",
    "openmpi": "mpirun",
    "pandoc": "pandoc",
    "postgresql": "psql",
    "r-base": "R",
    "redis": "redis-server",
    "rust": "rustc",
    "tesseract": "tesseract",
    "unzip": "unzip",
    "wget": "wget",
}
"""Packages that are programs, and the command by which one that is there already is found."""

PUBLIC_CHANNELS = frozenset(
    ["anaconda", "conda-forge", "defaults", "fastai", "huggingface", "intel", "main", "microsoft"]
    + ["nodefaults", "nvidia", "plotly", "pyg", "pytorch", "pytorch-nightly", "pyviz", "r"]
    + ["rapidsai", "xformers"]
)
"""Channels whose Python packages are the ones of the same name on PyPI."""


def is_bundled(name: str) -> bool:
    """Whether wheels bring along what the package holds, or the machine has it (a CUDA driver)."""
    return name not in _PYTHON_PACKAGES_NAMED_LIB and _BUNDLED.fullmatch(name) is not None


def is_for_r(name: str) -> bool:
    """Whether it is a package of the language R."""
    return name.startswith("r-") and name != "r-base"
