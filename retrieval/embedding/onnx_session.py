"""Sessions of ONNX Runtime."""

from typing import Any

import onnxruntime


def session(model: bytes) -> Any:
    """Returns an ``onnxruntime.InferenceSession`` (a library without types) on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts run in parallel instead (retrieval/threads.py)
    options.log_severity_level = 3  # errors only
    # An arena keeps the memory of the largest batch. Without it a query takes as long, a passage a sixteenth longer, and the
    # process holds 145 MB less after 160 passages.
    options.enable_cpu_mem_arena = False
    # The sum and its norm take longer in one fused node than in two.
    slower = ["SkipLayerNormFusion"]
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"], disabled_optimizers=slower)
