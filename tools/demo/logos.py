"""Draws the logos of the two sample companies into ``customer_ar_suite/demo/files``."""

from pathlib import Path

from PIL import Image, ImageDraw

TARGET = Path(__file__).parents[2] / "customer_ar_suite" / "demo" / "files"
SIZE = 512


def canvas():
    image = Image.new("RGBA", (SIZE, SIZE), (255, 255, 255, 0))
    return image, ImageDraw.Draw(image)


def save(image, name):
    image.resize((160, 160), Image.Resampling.LANCZOS).save(
        TARGET / name, optimize=True
    )


def lake():
    """Chenghu, the clear lake: a sun over three waves."""
    image, draw = canvas()
    draw.ellipse((156, 40, 356, 240), fill="#c0392b")
    for index, colour in enumerate(("#1f618d", "#2e86c1", "#85c1e9")):
        top = 220 + 80 * index
        for left in range(-64, SIZE, 192):
            box = (left, top, left + 256, top + 150)
            draw.arc(box, 200, 340, fill=colour, width=38)
    save(image, "logo_cn.png")


def valve():
    """Meerhoven: a pipe with a hand wheel."""
    image, draw = canvas()
    draw.rounded_rectangle((20, 300, 492, 400), 20, fill="#34495e")
    draw.rectangle((60, 270, 110, 430), fill="#34495e")
    draw.rectangle((402, 270, 452, 430), fill="#34495e")
    draw.rectangle((236, 170, 276, 310), fill="#7f8c8d")
    draw.ellipse((116, 70, 396, 210), outline="#16a085", width=42)
    save(image, "logo_nl.png")


if __name__ == "__main__":
    lake()
    valve()
