"""Draws how times grow with the number of events, as an SVG with logarithmic axes."""
import math

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 20, 44
LABEL_HEIGHT = 14

# Readable on white and on black; each line also has its name at its end.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#7f7f7f"]
STYLE = "text { font: 12px sans-serif; fill: #777 } .grid { stroke: #8886; fill: none }"


def time_name(microseconds):
    for unit, size in (("s", 1e6), ("ms", 1e3), ("us", 1)):
        if microseconds >= size:
            return f"{microseconds / size:g} {unit}"
    return f"{microseconds:g} us"


def apart(places):
    """The places, lowest first, moved so that texts there do not cover each other."""
    moved = []
    for place in places:
        moved.append(max(place, moved[-1] + LABEL_HEIGHT) if moved else place)
    return moved


def plot(events, series):
    """`series`: for each name the times in microseconds, one for each number of `events`."""
    times = [time for values in series.values() for time in values]
    low = math.floor(math.log10(min(times)))
    high = math.ceil(math.log10(max(times)))
    span = max(math.log10(events[-1] / events[0]), 1)

    def x(count):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log10(count / events[0]) / span

    def y(time):
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - math.log10(time)) / max(high - low, 1)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             f'width="{WIDTH}" height="{HEIGHT}" role="img">',
             "<title>Times by the number of events in the store</title>",
             f"<style>{STYLE}</style>"]
    for power in range(low, high + 1):
        at = y(10.0 ** power)
        parts.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>'
                     f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">'
                     f"{time_name(10.0 ** power)}</text>")
    for count in events:
        at = x(count)
        parts.append(f'<path class="grid" d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
                     f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
                     f"{count:,}</text>")
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">'
                 "events in the store</text>")
    ordered = sorted(series.items(), key=lambda item: y(item[1][-1]))
    labels = apart([y(values[-1]) + 4 for _, values in ordered])
    for (name, values), label, colour in zip(ordered, labels, COLOURS):
        points = " ".join(f"{x(count):.1f},{y(time):.1f}" for count, time in zip(events, values))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" '
                     'stroke-width="2"/>')
        parts += [f'<circle cx="{x(count):.1f}" cy="{y(time):.1f}" r="3" fill="{colour}"/>'
                  for count, time in zip(events, values)]
        parts.append(f'<text x="{x(events[-1]) + 8:.1f}" y="{label:.1f}" '
                     f'style="fill: {colour}">{name}</text>')
    parts.append("</svg>")
    return "\n".join(parts) + "\n"
