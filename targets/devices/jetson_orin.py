"""NVIDIA Jetson Orin with JetPack 6."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="jetson-orin",
    description="Jetson Orin, JetPack 6 (Python 3.10, ONNX Runtime up to 1.23): standard "
    "operators that TensorRT and CUDA run, in half precision; falls back from TensorRT to CUDA "
    "to the CPU.",
    engine=EngineName.ONNXRUNTIME,
    minimum_engine="1.20.0",
    providers=("TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"),
    kv_cache=KvCache.PORTABLE,
    recipe="fp16",
    architectures=("aarch64",),
    boards=("Orin",),
)
