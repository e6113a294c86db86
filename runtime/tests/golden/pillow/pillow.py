"""Pictures of every kind that cameras and programs write, with what Pillow makes of them.

    pip install pillow
    python runtime/tests/golden/pillow/pillow.py

writes the pictures beside this file and `pillow.json`: for each its size, `convert("RGB")`, and that brought to some sizes by
`Resampling.BILINEAR`, all as bytes row by row. Pictures that Pillow can't write (interlaced, 2 and 4 bits of grey, YCCK) are put
together here and read by Pillow all the same.
"""

import io
import json
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageCms, PngImagePlugin, __version__

FOLDER = Path(__file__).parent
WIDTH, HEIGHT = 13, 9
SIZES = [(7, 5), (26, 18), (1, 1), (13, 20), (4, 30)]  # width, height


def smooth(x, y, channel):
    return (x * (17 - 4 * channel) + y * (5 + 7 * channel) + 40 * channel) % 256


def picture(mode, width=WIDTH, height=HEIGHT):
    channels = len(Image.new(mode, (1, 1)).getbands())
    values = bytes(smooth(x, y, c) for y in range(height) for x in range(width) for c in range(channels))
    return Image.frombytes(mode, (width, height), values)


def noise(width, height):
    state, values = 7, []
    for _ in range(width * height * 3):
        state = (state * 1103515245 + 12345) % 2**31
        values.append(state >> 16 & 255)
    return Image.frombytes("RGB", (width, height), bytes(values))


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(rows, width, height, depth, color, interlaced=False, extra=b""):
    """A PNG of rows of samples; `color` is PNG's code."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]

    def packed(samples):
        if depth == 8:
            return bytes(samples)
        bits = "".join(format(sample, f"0{depth}b") for sample in samples)
        bits += "0" * (-len(bits) % 8)
        return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))

    def pass_of(x0, y0, dx, dy):
        data = b""
        for y in range(y0, height, dy):
            samples = [rows[y][x * channels + c] for x in range(x0, width, dx) for c in range(channels)]
            if samples:
                data += b"\0" + packed(samples)
        return data

    adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    passes = adam7 if interlaced else [(0, 0, 1, 1)]
    data = b"".join(pass_of(*each) for each in passes)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    parts = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def rows_of(image):
    data, width = image.tobytes(), image.width * len(image.getbands())
    return [data[i : i + width] for i in range(0, len(data), width)]


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def ycck():
    """Adobe's YCCK: the colours as Y, Cb and Cr; Pillow writes the transform 0 of CMYK, 2 says YCCK."""
    data = saved(picture("CMYK", 16, 16), "JPEG", quality=95)
    place = data.index(b"Adobe") + 11
    assert data[place] == 0
    return data[:place] + b"\x02" + data[place + 1 :]


def without_adobe():
    data = saved(picture("CMYK", 16, 16), "JPEG", quality=95)
    start = data.index(b"Adobe") - 4
    assert data[start : start + 2] == b"\xff\xee"
    return data[:start] + data[start + 2 + struct.unpack(">H", data[start + 2 : start + 4])[0] :]


def grey(depth):
    return [[smooth(x, y, 0) >> (8 - depth) for x in range(WIDTH)] for y in range(HEIGHT)]


def pictures():
    rgb, rgba = picture("RGB"), picture("RGBA")
    palette = rgb.quantize(16)
    frames = [rgb, rgb.rotate(180)]
    gamma = PngImagePlugin.PngInfo()
    gamma.add(b"gAMA", struct.pack(">I", 100000))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    clear = bytes([0, 64, 128, 255])
    return {
        "cmyk.jpg": saved(picture("CMYK", 16, 16), "JPEG", quality=95),
        "cmyk_progressive.jpg": saved(picture("CMYK", 16, 16), "JPEG", quality=95, progressive=True),
        "cmyk_plain.jpg": without_adobe(),
        "ycck.jpg": ycck(),
        "rgb_adobe.jpg": saved(rgb, "JPEG", quality=95, keep_rgb=True),
        "progressive.jpg": saved(rgb, "JPEG", quality=95, progressive=True, subsampling=0),
        "progressive_gray.jpg": saved(picture("L"), "JPEG", quality=95, progressive=True),
        "full.jpg": saved(rgb, "JPEG", quality=95, subsampling=0),
        "half.jpg": saved(rgb, "JPEG", quality=95, subsampling=1),
        "quarter.jpg": saved(rgb, "JPEG", quality=95, subsampling=2),
        "restarts.jpg": saved(picture("RGB", 40, 24), "JPEG", quality=90, subsampling=0, restart_marker_blocks=2),
        "one_pixel.jpg": saved(picture("RGB", 1, 1), "JPEG", quality=95),
        "one_pixel.png": saved(picture("RGB", 1, 1), "PNG"),
        "gray_alpha.png": saved(picture("LA"), "PNG"),
        "rgba.png": saved(rgba, "PNG"),
        "palette.png": saved(palette, "PNG"),
        "palette_clear.png": saved(palette, "PNG", transparency=clear),
        "gray_key.png": saved(picture("L"), "PNG", transparency=17),
        "rgb_key.png": saved(rgb, "PNG", transparency=rgb.getpixel((2, 3))),
        "gray1.png": png(grey(1), WIDTH, HEIGHT, 1, 0),
        "gray2.png": png(grey(2), WIDTH, HEIGHT, 2, 0),
        "gray4.png": png(grey(4), WIDTH, HEIGHT, 4, 0),
        "interlaced.png": png(rows_of(rgb), WIDTH, HEIGHT, 8, 2, interlaced=True),
        "interlaced_gray2.png": png(grey(2), WIDTH, HEIGHT, 2, 0, interlaced=True),
        "interlaced_rgba.png": png(rows_of(rgba), WIDTH, HEIGHT, 8, 6, interlaced=True),
        "animated.png": saved(rgb, "PNG", save_all=True, append_images=frames[1:]),
        "gamma.png": saved(rgb, "PNG", pnginfo=gamma),
        "profile.png": saved(rgb, "PNG", icc_profile=profile),
        "profile.jpg": saved(rgb, "JPEG", quality=95, subsampling=0, icc_profile=profile),
        "noise.png": saved(noise(31, 23), "PNG"),
    }


def others():
    """What isn't read, and must be refused by name."""
    rgb = picture("RGB")
    return {
        "other.gif": saved(rgb, "GIF", save_all=True, append_images=[rgb.rotate(180)]),
        "other.webp": saved(rgb, "WEBP", lossless=True),
        "other.bmp": saved(picture("L", 2, 2), "BMP"),
        "other.tif": saved(picture("L", 2, 2), "TIFF"),
    }


def main():
    known = {"pillow": __version__}
    for name, data in pictures().items():
        (FOLDER / name).write_bytes(data)
        image = Image.open(io.BytesIO(data))
        assert image.mode not in ("I", "I;16"), name
        rgb = image.convert("RGB")
        entry = {"size": [rgb.height, rgb.width], "rgb": rgb.tobytes().hex()}
        if name in ("noise.png", "full.jpg", "palette_clear.png", "one_pixel.png"):
            entry["resized"] = [
                {"size": [h, w], "rgb": rgb.resize((w, h), Image.Resampling.BILINEAR).tobytes().hex()} for w, h in SIZES
            ]
        known[name] = entry
    for name, data in others().items():
        (FOLDER / name).write_bytes(data)
    (FOLDER / "pillow.json").write_text(json.dumps(known, indent=0) + "\n")


main()
