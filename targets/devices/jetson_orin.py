"""NVIDIA Jetson Orin with JetPack 6."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="jetson-orin",
    description="Jetson Orin, JetPack 6 (Python 3.10, ONNX Runtime up to 1.23): keys and values "
    "stay on the GPU; TensorRT computes the vocoder in half precision, CUDA the rest. Falls back "
    "from TensorRT to CUDA to the CPU. Not measured on a GPU.",
    engine=EngineName.ONNXRUNTIME,
    minimum_engine="1.20.0",
    providers=("CUDAExecutionProvider", "CPUExecutionProvider"),
    kv_cache=KvCache.ON_DEVICE,
    block_weights=False,
    recipe="fp16",
    architectures=("aarch64",),
    boards=("Orin",),
    # TensorRT builds an engine anew for each range of sizes it has not seen. Tokens and latents
    # have a new size at every step and sentence; the vocoder has these few.
    devices={"vocoder": "TensorrtExecutionProvider"},
    vocoder_frames=(32, 48, 72, 108, 162),
    # Engines may use as much scratch memory as they like by default; the CPU shares it here.
    provider_options={"TensorrtExecutionProvider": {"trt_max_workspace_size": "268435456"}},
)
