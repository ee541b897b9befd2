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
    # libraries that wheels of Python packages have inside them
    r"_.*|lib.*|mkl.*|blas|openblas|intel-openmp|llvm-openmp|tbb|nomkl|numpy-base|python_abi|"
    r"arrow-cpp|parquet-cpp|aws-.*|gflags|glog|re2|snappy|orc|utf8proc|grpc-cpp|"
    r"openssl|sqlite|tk|readline|ncurses|xz|zlib|zlib-ng|zstd|bzip2|lz4-c|blosc|c-blosc2|brotli|"
    r"brotli-bin|icu|jpeg|jpg|openjpeg|lcms2|lerc|giflib|freetype|fontconfig|cairo|pango|pixman|"
    r"harfbuzz|graphite2|fribidi|glib|glib-tools|gettext|expat|pcre|pcre2|dbus|gstreamer|"
    r"gst-plugins-base|qt|qt-main|qt-webengine|sip|xorg-.*|xcb-util.*|pthread-stubs|hdf4|hdf5|"
    r"netcdf-c|geos|proj|proj4|zeromq|yaml|boost|boost-cpp|py-boost|eigen|fftw|gmp|mpfr|mpc|"
    r"krb5|keyutils|cyrus-sasl|gdbm|nspr|nss|attr|mysql-common|mysql-libs|gnutls|nettle|p11-kit|"
    r"lame|x264|x265|openh264|aom|dav1d|svt-av1|alsa-lib|pulseaudio.*|font-.*|fonts-.*|"
    # what belongs to the machine
    r"cpuonly|cudatoolkit.*|cudnn|cuda|cuda-.*|nccl|magma-.*|pytorch-cuda|pytorch-mutex|"
    r"ca-certificates|tzdata|vc|vc14_runtime|vs2015_runtime|ucrt|"
    # what builds packages, or is only about conda
    r"conda|conda-.*|mamba|binutils.*|ld_impl_.*|sysroot_.*|kernel-headers_.*|compilers|"
    r"[a-z]+-compiler|gcc.*|gxx.*|gfortran.*|clang.*|make|pkg-config|patchelf|curl|wget|unzip|"
    r"zip|git|git-lfs|pandoc|tini"
)

PROGRAMS = {
    "ffmpeg": "ffmpeg",
    "go": "go",
    "graphviz": "dot",
    "java-jdk": "java",
    "julia": "julia",
    "mpich": "mpirun",
    "nodejs": "node",
    "octave": "octave",
    "openjdk": "java",
    "openmpi": "mpirun",
    "postgresql": "psql",
    "r-base": "R",
    "redis": "redis-server",
    "rust": "rustc",
    "tesseract": "tesseract",
}
"""Packages that projects call as programs, and the command by which one is found on PATH."""

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
