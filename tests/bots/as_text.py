"""Messages as a person reads them in Slack, written as text: what is shown, to whom, in which order."""

from __future__ import annotations

from urllib.parse import unquote_plus

BASE = "https://copilot.example/"

_SHOWN = {
    "chat.postMessage": "Posted",
    "chat.postEphemeral": "Shown to one person",
    "chat.update": "Changed",
    "chat.startStream": "Begun to be streamed",
    "chat.appendStream": "Streamed",
    "views.open": "A form opens",
    "views.publish": "The home page",
}


def readable(method, arguments):
    """Return a call that shows something as a person sees what comes of it."""
    lines = [f"--- {_SHOWN[method]}{_where(arguments)}"]
    if arguments.get("text"):
        lines.append(f"(notification: {arguments['text']})")
    lines.append("")
    if "view" in arguments:
        lines += _view(arguments["view"])
    chunks = [one for chunk in arguments.get("chunks", ()) for one in chunk["blocks"]]
    lines += _blocks(arguments.get("blocks", chunks))
    return "\n".join(one.rstrip() for one in lines).rstrip() + "\n"


def _where(arguments):
    where = arguments.get("channel") or arguments.get("user_id") or ""
    named = f" in {where}" if where.startswith(("C", "D")) else f" to {where}" if where else ""
    if arguments.get("thread_ts"):
        named += ", in the thread"
    return f"{named}, {arguments['user']}" if arguments.get("user") else named


def _view(view):
    if view["type"] == "home":
        return _blocks(view["blocks"])
    lines = [f"# {view['title']['text']}", "", *_blocks(view["blocks"])]
    return [*lines, f"[ {view['close']['text']} ]  [[ {view['submit']['text']} ]]"]


def _blocks(blocks):
    lines = []
    for block in blocks:
        lines += [*_block(block), ""]
    return lines


def _block(block):
    match block["type"]:
        case "rich_text":
            return [line for one in block["elements"] for line in _rich(one)]
        case "header":
            return [f"# {block['text']['text']}"]
        case "context":
            return [f"    {one['text']}" for one in block["elements"]]
        case "actions":
            return ["  ".join(_button(one) for one in block["elements"])]
        case "image":
            return [f"<picture: {block['alt_text']}>"]
        case "input":
            optional = " (optional)" if block.get("optional") else ""
            return [f"{block['label']['text']}{optional}", "|_____________|"]
    raise AssertionError(block)


def _button(button):
    said = button["text"]["text"]
    return f"[[ {said} ]]" if button.get("style") == "primary" else f"[ {said} ]"


def _rich(element):
    match element["type"]:
        case "rich_text_list":
            return [f"  • {_pieces(one)}" for one in element["elements"]]
        case "rich_text_quote":
            return [f"  > {line}" for line in _pieces(element).splitlines()]
    return _pieces(element).splitlines()


def _pieces(element):
    return "".join(map(_piece, element["elements"]))


def _piece(piece):
    if piece["type"] == "user":
        return f"@{piece['user_id']}"
    said = piece["text"]
    if piece["type"] == "link":
        return f"{said}{{{unquote_plus(piece['url']).removeprefix(BASE)}}}"
    for name, mark in (("bold", "*"), ("italic", "_"), ("code", "`")):
        if piece.get("style", {}).get(name):
            said = f"{mark}{said}{mark}"
    return said
