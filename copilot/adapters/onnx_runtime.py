"""ONNX Runtime with its telemetry off: 1.31.1 was seen to ask for the address of its maker's host."""

from __future__ import annotations

import onnxruntime

onnxruntime.disable_telemetry_events()

SessionOptions = onnxruntime.SessionOptions
InferenceSession = onnxruntime.InferenceSession
Optimisation = onnxruntime.GraphOptimizationLevel
