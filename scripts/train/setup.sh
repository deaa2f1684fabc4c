#!/bin/sh
# Makes the training environment (.venv-train): CPU PyTorch, Ultralytics, ONNX and ONNX Runtime.
# It is apart from .venv, so that torch never enters the gateway.
#
#   scripts/train/setup.sh                 make or bring up to date .venv-train
#   PYTHON=python3.12 scripts/train/setup.sh
set -eu

case "${1:-}" in
  -h|--help) sed -n '2,6p' "$0" | cut -c3-; exit 0 ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
env="$root/.venv-train"

[ -x "$env/bin/python" ] || "${PYTHON:-python3}" -m venv "$env"
# The extra `train` of pyproject.toml names the same packages as ranges; what is pinned here lies in them.
"$env/bin/pip" install --quiet \
  "torch==2.13.0" numpy pyyaml pillow matplotlib polars psutil requests tqdm av \
  opencv-python-headless onnx "onnxruntime>=1.20" onnxslim
# Ultralytics names torchvision and opencv-python, whose usual wheels want CUDA and a display.
"$env/bin/pip" install --quiet --no-deps "ultralytics==8.4.190" ultralytics-thop

packages=$("$env/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
if ! "$env/bin/python" -c 'import torch, torchvision' >/dev/null 2>&1 \
    || grep -q "Stand-in for torchvision" "$packages/torchvision/__init__.py"; then
  mkdir -p "$packages/torchvision" "$packages/torchvision-0.28.0.dist-info"
  cp "$here"/torchvision_standin/*.py "$packages/torchvision/"
  printf 'Metadata-Version: 2.1\nName: torchvision\nVersion: 0.28.0\n' \
    > "$packages/torchvision-0.28.0.dist-info/METADATA"
  echo "torchvision: stand-in installed"
fi
YOLO_OFFLINE=true "$env/bin/python" -c 'import torch, ultralytics; print("torch", torch.__version__, "ultralytics", ultralytics.__version__)'
