"""How a graph is run."""

from __future__ import annotations

from typing import Any

import onnxruntime


def session(model: bytes) -> Any:
    """Returns an ``onnxruntime.InferenceSession``, which has no types, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts run side by side instead (retrieval/threads.py)
    options.log_severity_level = 3  # errors
    # An arena keeps what the largest batch once needed. Without it a query takes as long (processor time, two runs in turns:
    # 5.3 and 5.8 ms with, 5.2 and 5.9 without), a passage a sixteenth more, and after 160 passages 145 MB less are held.
    options.enable_cpu_mem_arena = False
    # Sums and their norm in one node take longer than in two (1.5 ms of a query, and .6).
    slower = ["SkipLayerNormFusion"]
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"], disabled_optimizers=slower)
