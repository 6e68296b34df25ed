"""The engines a user could run the same network with. Each: name, precision, and a call that gives
the last hidden state."""

import pathlib
import sys
import threading

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "peers"))
from processor import multiplies_bf16  # noqa: E402


def precisions():
    """fp32, and bf16 where the processor multiplies it."""
    return ("fp32", "bf16") if multiplies_bf16() else ("fp32",)


class Torch:
    def __init__(self, model, batch, precision):
        kind = torch.bfloat16 if precision == "bf16" else torch.float32
        self.model = model.to(kind)
        self.batch = {key: value.to(kind) if value.is_floating_point() else value for key, value in batch.items()}

    def __call__(self):
        with torch.inference_mode():
            return self.model(**self.batch).last_hidden_state.float().numpy()


class OnnxRuntime:
    def __init__(self, path, batch):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        names = {entry.name for entry in self.session.get_inputs()}
        self.batch = {key: value.numpy() for key, value in batch.items() if key in names}

    def __call__(self):
        return self.session.run(None, self.batch)[0]


class OpenVino:
    def __init__(self, path, batch, precision):
        import openvino

        settings = {
            "INFERENCE_PRECISION_HINT": precision.replace("fp32", "f32"),
            "INFERENCE_NUM_THREADS": 1,
            "NUM_STREAMS": 1,
        }
        model = openvino.Core().read_model(path)
        model.reshape({port.any_name: list(batch[port.any_name].shape) for port in model.inputs})
        self.request = openvino.compile_model(model, "CPU", settings).create_infer_request()
        self.batch = {port.any_name: batch[port.any_name].numpy() for port in model.inputs}

    def __call__(self):
        self.request.infer(self.batch, share_inputs=True)
        return self.request.get_output_tensor(0).data.copy()


def export(model, batch, path):
    """One ONNX file for ONNX Runtime and OpenVINO."""

    class LastState(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *inputs):
            return self.model(**dict(zip(batch, inputs))).last_hidden_state

    with torch.inference_mode():
        torch.onnx.export(
            LastState().eval(),
            tuple(batch.values()),
            str(path),
            input_names=list(batch),
            output_names=["states"],
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def in_threads(engines, rounds):
    """Calls each engine `rounds` times, each in a thread of its own."""

    def work(engine):
        for _ in range(rounds):
            engine()

    threads = [threading.Thread(target=work, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
