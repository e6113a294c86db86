"""Makes `pytorch_*.safetensors`, which `tests/training/pytorch.rs` loads with `Layout::PyTorch`.

Run it in this folder with a Python that has torch: `python pytorch.py`.

`pytorch_pictures` and `pytorch_vectors` are state dicts as `safetensors.torch.save_file` writes them, counters included;
`pytorch_answers` holds inputs (pictures with their channels last) and what the networks give in evaluation.
"""

import json

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
KINDS = {torch.float64: "F64", torch.float32: "F32", torch.int64: "I64"}


def save_file(tensors, path, notes):
    header, first, parts = {"__metadata__": notes}, 0, []
    for name, tensor in tensors.items():
        data = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": KINDS[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [first, first + len(data)]}
        first += len(data)
        parts.append(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(parts))


class Pictures(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(4, 6, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(6)
        self.wide = nn.Conv2d(6, 12, (3, 2), groups=3)
        self.each = nn.Conv2d(12, 24, 3, groups=12)
        self.norm = nn.GroupNorm(4, 24)
        self.up = nn.ConvTranspose2d(24, 6, 2, stride=2, groups=2)
        self.flat = nn.BatchNorm1d(6 * 4 * 6)
        self.fc1 = nn.Linear(6 * 4 * 6, 9)
        self.fc2 = nn.Linear(9, 9)

    def forward(self, x):
        x = torch.relu(self.bn(self.stem(x)))
        x = torch.relu(self.wide(x))
        x = torch.tanh(self.up(self.norm(self.each(x))))
        x = torch.relu(self.flat(x.flatten(1)))
        return self.fc2(torch.tanh(self.fc1(x)))


class Vectors(nn.Module):
    """A picture and a row of features side by side."""

    def __init__(self):
        super().__init__()
        self.square = nn.Linear(5, 5)
        self.ln = nn.LayerNorm(5)
        self.rms = nn.RMSNorm(5)
        self.joined = nn.Linear(5 + 3 * 2 * 2, 3, bias=False)

    def forward(self, image, row):
        row = self.rms(self.ln(self.square(row)))
        return self.joined(torch.cat([row, image.flatten(1)], 1))


def stir(net):
    """Values that no two channels share, running statistics too."""
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            if tensor.is_floating_point():
                noise = torch.randn_like(tensor)
                tensor.copy_((0.5 + noise.abs()) if name.endswith("running_var") else 0.4 * noise)
            else:
                tensor.fill_(7)
    return net.eval()


if __name__ == "__main__":
    torch.manual_seed(10)
    pictures, vectors = stir(Pictures()), stir(Vectors())
    image, small, row = torch.randn(3, 4, 6, 6), torch.randn(3, 3, 2, 2), torch.randn(3, 5)
    with torch.no_grad():
        answers = {
            "image": image.permute(0, 2, 3, 1),
            "pictures": pictures(image),
            "small": small.permute(0, 2, 3, 1),
            "row": row,
            "vectors": vectors(small, row),
        }
    notes = {"format": "pt"}
    save_file(pictures.state_dict(), "pytorch_pictures.safetensors", notes)
    single = {name: tensor.float() for name, tensor in vectors.state_dict().items()}
    save_file(single, "pytorch_vectors.safetensors", notes)
    save_file({name: tensor.float() for name, tensor in answers.items()}, "pytorch_answers.safetensors", notes)
