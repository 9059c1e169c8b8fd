#!/usr/bin/env python3
"""Produces one image to digits.images and reads its prediction, encoding Avro by hand, without digitstream's code.

usage: produce_image.py BROKER SCHEMA_REGISTRY_URL        (requires kcat; start `digitstream local` and `digitstream serve` first)
"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request


def schema_id(registry):
    """Registers the image schema, or finds it if registered, and returns its id."""
    schema = (pathlib.Path(__file__).parent.parent / "avro/DigitImage.avsc").read_text()
    request = urllib.request.Request(
        f"{registry}/subjects/digits.images-value/versions",
        json.dumps({"schema": schema}).encode(),
        {"Content-Type": "application/vnd.schemaregistry.v1+json"},
    )
    return json.load(urllib.request.urlopen(request))["id"]


def varint(number):
    """Encodes an integer as Avro does: zigzag, then seven bits per byte, lowest first."""
    number = (number << 1) ^ (number >> 63)
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varint(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (number >> 1) ^ -(number & 1), at


def digit_one():
    """Returns 784 pixels that show a vertical stroke."""
    return bytes(255 if 4 <= y < 24 and 13 <= x < 15 else 0 for y in range(28) for x in range(28))


def main(broker, registry):
    image_id = b"from-python"
    pixels = digit_one()
    value = (
        b"\0"
        + struct.pack(">i", schema_id(registry))
        + varint(len(image_id)) + image_id
        + varint(28)
        + varint(28)
        + varint(len(pixels)) + pixels
        + varint(int(time.time() * 1000))
    )
    with tempfile.NamedTemporaryFile() as file:
        file.write(value)
        file.flush()
        # kcat sends the file's whole content as one value.
        subprocess.run(["kcat", "-P", "-b", broker, "-t", "digits.images", "-k", image_id.decode(), file.name], check=True)
    print("produced", image_id.decode())

    for _ in range(30):
        listing = subprocess.run(
            ["kcat", "-C", "-e", "-q", "-b", broker, "-t", "digits.predictions", "-X", "isolation.level=read_committed",
             "-f", "%k %S\n%s\n--\n"],
            check=True, capture_output=True).stdout
        start = listing.find(image_id + b" ")
        if start >= 0:
            value = listing[listing.index(b"\n", start) + 1:]
            length, at = read_varint(value, 5)
            label, at = read_varint(value, at + length)
            (confidence,) = struct.unpack_from("<f", value, at)
            print(f"predicted {label} with confidence {confidence:.4f}")
            return
        time.sleep(1)
    sys.exit("no prediction arrived within 30 seconds; check that `digitstream serve` is running")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
