"""What is close to breaking a rule and is right: each is a small flow that differs from BASE in a line or two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_MENU = '{ask: {en: "To go on, press one."}, options: {on: {key: "1", hear: {en: [go on]}, next: bye}}}'
_BYE = "{say: {en: Goodbye.}, hang_up: done}"
_HEAD: Mapping[str, str] = {
    "languages": "[en]",
    "outcomes": "[done, lost]",
    "on_hang_up": "lost",
    "gives_up": "bye",
    "no_input": "{after: 5s}",
    "start": "menu",
}


@dataclass(frozen=True, slots=True)
class Near:
    """What `rule` must not speak of: `steps` and `flow` beside or over the base's; `top` above, `more` below."""

    rule: str
    steps: Mapping[str, str] = field(default_factory=dict)
    flow: Mapping[str, str] = field(default_factory=dict)
    top: str = ""
    more: str = ""

    @property
    def text(self) -> str:
        """As a flows file."""
        steps = {"menu": _MENU, "bye": _BYE, **self.steps}
        lines = [self.top, "flows:", "  shop:"] if self.top else ["flows:", "  shop:"]
        lines += [f"    {name}: {value}" for name, value in {**_HEAD, **self.flow}.items()]
        return "\n".join([*lines, "    steps:", *(f"      {name}: {step}" for name, step in steps.items()), self.more])


def _menu(ask: str, options: str, more: str = "") -> str:
    return f'{{ask: {{en: "{ask}"}}, options: {{{options}}}{more}}}'


def _digits(into: str, rest: str, next_step: str = "bye", ask: str = "The number, please.") -> str:
    return f'{{ask: {{en: "{ask}"}}, digits: {{into: {into}, {rest}}}, next: {next_step}}}'


def _told(fact: str) -> Mapping[str, str]:
    talk = "{done: {hear: {en: [that was it]}, next: bye}}"
    return {"menu": f'{{ask: {{en: "{fact}"}}, converse: {{knowledge: [shop], exits: {talk}}}, next: bye}}'}


_HINDI_MENU = (
    '{ask: {en: "To go on, press one.", hi: "आगे के लिए एक दबाइए।"}, '
    'options: {on: {key: "1", hear: {en: [go on], hi: []}, next: bye}}}'
)
_BOTH_BYE = '{say: {en: Goodbye., hi: "Mercury की ओर से नमस्ते।"}, hang_up: done}'
_FACT = 'knowledge:\n  shop: {hours: {hear: {en: [when do you open]}, say: {en: "From 9 to {nine}."}}}'
_WEEK = 'hours:\n  week: {open: {sun: "10:00-11:00"}, holidays: {2026-12-25: Christmas}}'
_ROUTED = f'routes:\n  - {{number: "+918047112233", flow: shop, hours: week}}\n{_WEEK}'
_PART = """\
  part:
    languages: [en, hi]
    outcomes: [over]
    on_hang_up: over
    gives_up: over
    start: over
    steps:
      over: {say: {en: Done., hi: "हो गया।"}, hang_up: over}
"""
_TOTAL = "{total: integer}"
_CHOICE = "{status: {type: choice, words: {open: {en: open}, shut: {en: shut}}}}"
_TO_BRANCH = _menu("To go on, press one.", 'on: {key: "1", next: kind}')
_TO_TELL = _menu("To go on, press one.", 'on: {key: "1", next: tell}')
_ON = 'on: {key: "1", next: bye}'
_WORDS = '{ask: {en: "Speak after the tone."}, voicemail: {into: words}, next: bye}'

NEAR = [
    Near("bare-word", {"menu": _menu("To stop, press one.", 'no: {key: "1", hear: {en: ["no"]}, next: bye}')}),
    Near(
        "circle",
        {
            "menu": _TO_TELL,
            "tell": "{say: {en: Once more.}, next: again}",
            "again": _menu(
                "Again? Press one. To end, press two.", 'on: {key: "1", next: tell}, off: {key: "2", next: bye}'
            ),
        },
    ),
    Near(
        "condition",
        {"menu": _TO_BRANCH, "kind": '{branch: [{when: "total > 500 and total < 900", next: bye}], otherwise: menu}'},
        {"inputs": _TOTAL},
    ),
    Near("cut-text", {"menu": _TO_TELL, "tell": "{say: {en: We are in unit#7.}, next: bye}"}),
    Near(
        "dead-end",
        {
            "menu": _TO_TELL.replace("tell", "again"),
            "again": _menu(
                "Again? Press one. To end, press two.", 'on: {key: "1", next: menu}, off: {key: "2", next: bye}'
            ),
        },
    ),
    Near(
        "decision",
        {"menu": _menu("To go on, press one.", 'on: {key: "1", next: send}'), "send": "{decide: sent, already: bye}"},
        {"outcomes": "[done, lost, sent]", "decisions": "{failed: bye}"},
    ),
    Near("empty-words", {"menu": _menu("To go on, press one.", 'on: {key: "1", hear: {en: ["o.k.!"]}, next: bye}')}),
    Near(
        "ending-key",
        {"menu": _digits("count", 'max: 3, ends_with: "#"')},
        {"commands": '{repeat: {key: "*", hear: {en: [repeat]}}}'},
    ),
    Near(
        "endless-silence",
        {"menu": '{ask: {en: "Your name?"}, listen: {into: words, longest: 3s, silence: 2s}, next: bye}'},
    ),
    Near("fact-language", _told("What do you want to know?"), top=_FACT),
    Near("fixed-fact", _told("What do you want to know?"), top=_FACT),
    Near("gives-up", {"sorry": "{say: {en: Sorry.}, hang_up: lost}"}, {"gives_up": "sorry"}),
    Near(
        "idle-branch",
        {
            "menu": _TO_BRANCH,
            "kind": '{branch: [{when: "total > 500", next: bye}, {when: "total < 9", next: bye}], otherwise: menu}',
        },
        {"inputs": _TOTAL},
    ),
    Near(
        "impossible-value",
        {"menu": _TO_BRANCH, "kind": "{branch: [{when: \"status == 'shut'\", next: bye}], otherwise: menu}"},
        {"inputs": _CHOICE},
    ),
    Near(
        "language",
        {"menu": _TO_TELL, "tell": '{say: {en: [{text: "नमस्ते", language: hi}, {text: "Hello."}]}, next: bye}'},
    ),
    Near("long-prompt", {"menu": _TO_TELL, "tell": f'{{say: {{en: "{"We pack it today. " * 14}"}}, next: bye}}'}),
    Near("markup", {"menu": _menu("[slow]To go on,[/slow] [pause] press one [[or wait].", _ON)}),
    Near("missing-language", {"menu": _HINDI_MENU, "bye": _BOTH_BYE}, {"languages": "[en, hi]"}),
    Near("never-open", steps={"menu": _WORDS}, top=_ROUTED),
    Near("no-flow", {"menu": _WORDS}, top=_ROUTED.replace("hours: week}", "hours: week, closed: shop}", 1)),
    Near("no-hours", steps={"menu": _WORDS}, top=_ROUTED),
    Near("no-knowledge", _told("What do you want to know?"), top=_FACT),
    Near("no-outcome", {"menu": _menu("To go on, press one.", _ON, ", on_hang_up: done")}),
    Near("no-sound", {"menu": _TO_TELL, "tell": "{say: {en: [{sound: sounds/chime.wav}]}, next: bye}"}),
    Near("no-step", {"late": "{say: {en: It is late.}, hang_up: lost}"}, {"longest": "{after: 5m, then: late}"}),
    Near("no-terminator", {"menu": _digits("count", "min: 4, max: 4")}),
    Near(
        "no-timeout",
        {"menu": _menu("To go on, press one.", _ON, ", no_input: {after: 4s}")},
        {"no_input": "{tries: 2}"},
    ),
    Near("no-variable", {"menu": _TO_TELL, "tell": '{say: {en: "You call from {{ caller }}."}, next: bye}'}),
    Near("type", {"menu": _digits("count", "min: 2, max: 2", "more"), "more": _digits("count", "min: 4, max: 4")}),
    Near(
        "opt-out",
        {"never": "{opt_out: lost, failed: bye}"},
        {"commands": '{never: {key: "9", hear: {en: [never call again]}, next: never}}'},
    ),
    Near("overwritten", {"menu": _TO_TELL, "tell": '{set: {total_now: "{{ total }}"}, next: bye}'}, {"inputs": _TOTAL}),
    Near(
        "input",
        {"menu": _WORDS},
        flow={"inputs": "{note: {type: text, default: none, description: For the shop.}}"},
        top="routes:\n  - {any: true, flow: shop}",
    ),
    Near("run", {"menu": _TO_TELL, "tell": "{run: {flow: part, then: {over: bye}}}"}, more=_PART),
    Near(
        "same-case",
        {
            "menu": _TO_BRANCH,
            "kind": '{branch: [{when: "total > 500", next: bye}, {when: "total > 400", next: menu}], otherwise: bye}',
        },
        {"inputs": _TOTAL},
    ),
    Near(
        "same-key",
        {"menu": _menu("To go on, press one.", 'on: {key: "1", next: more}'), "more": _menu("To end, press one.", _ON)},
        {"commands": '{bye: {key: "1", next: bye}}'},
    ),
    Near(
        "same-route",
        {"menu": _WORDS},
        top='routes:\n  - {number: "+918047112233", flow: shop, hours: week}\n'
        f'  - {{number: "08047112233", flow: shop}}\n{_WEEK}',
    ),
    Near(
        "same-route",
        {"menu": _WORDS},
        top='routes:\n  - {number: "+918047112233", flow: shop, hours: week}\n'
        f'  - {{number: "08047112233", flow: shop, hours: week, closed: shop}}\n{_WEEK}',
    ),
    Near(
        "same-text",
        {
            "menu": '{ask: {hi: "आगे के लिए एक दबाइए।", mr: "पुढे एक दाबा."}, options: {on: {key: "1", next: bye}}}',
            "bye": '{say: {hi: "नमस्ते।", mr: "नमस्ते।"}, hang_up: done}',
        },
        {"languages": "[hi, mr]"},
    ),
    Near(
        "same-words",
        {
            "menu": _menu("To go on, press one.", 'on: {key: "1", hear: {en: [go on]}, next: more}'),
            "more": _menu("To end, press one.", 'off: {key: "1", hear: {en: [go on]}, next: bye}'),
        },
    ),
    Near("set-value", {"menu": _TO_TELL, "tell": '{set: {left: "5"}, types: {left: integer}, next: bye}'}),
    Near(
        "silent-lookup",
        {
            "menu": _menu("To go on, press one.", 'on: {key: "1", next: look}'),
            "look": "{lookup: {name: stock, timeout: 2s}, next: bye, failed: bye}",
        },
    ),
    Near(
        "silent-read-back",
        {
            "menu": '{ask: {en: "Your order?"}, digits: {into: order, type: order_number, min: 4, max: 4}, '
            'confirm: {say: {en: "[slow]{{ order }}[/slow]. If it is right, press one."}}, next: bye}'
        },
    ),
    Near(
        "sounds-alike",
        {
            "menu": _menu(
                "Tea, press one. Cake, press two.",
                'tea: {key: "1", hear: {en: [tea]}, next: bye}, cake: {key: "2", hear: {en: [toe]}, next: bye}',
            )
        },
    ),
    Near(
        "template",
        {
            "menu": _TO_TELL,
            "tell": "{say: {en: \"It is{% if status == 'shut' %} shut{% else %} open{% endif %}.\"}, next: bye}",
        },
        {"inputs": _CHOICE},
    ),
    Near(
        "too-many-options",
        {"menu": _menu("Press 1, 2, 3, 4 or 5.", ", ".join(f'n{n}: {{key: "{n}", next: bye}}' for n in range(1, 6)))},
    ),
    Near(
        "transfer-to",
        {"menu": _TO_TELL, "tell": "{say: {en: Hold on.}, transfer: {to: person}, next: bye, failed: bye}"},
        {"inputs": "{person: phone}"},
    ),
    Near(
        "unconfirmed",
        {
            "menu": _menu(
                "To send, press one. To end, press two.",
                'send: {key: "1", next: send}, off: {key: "2", hear: {en: [stop]}, next: bye}',
            ),
            "send": "{decide: sent, say: {en: Sent.}}",
        },
        {"outcomes": "[done, lost, sent]", "decisions": "{already: bye, failed: bye}"},
    ),
    Near(
        "unfilled",
        {"menu": _digits("count", "min: 2, max: 2", "tell"), "tell": '{say: {en: "That is {{ count }}."}, next: bye}'},
    ),
    Near("unreachable", {"late": "{say: {en: It is late.}, hang_up: lost}"}, {"longest": "{after: 5m, then: late}"}),
    Near("unsaid-prompt", flow={"no_input": "{after: 5s, tries: 3, say: [{en: Once more.}, {en: A last time.}]}"}),
    Near("untold-key", {"menu": _menu("To go on, press 1.", _ON)}),
    Near("untypable", {"menu": _digits("count", "min: 2, max: 2, between: [10, 99]")}),
    Near("unused-hours", steps={"menu": _WORDS}, top=_ROUTED),
    Near("unused-input", flow={"inputs": "{note: {type: text, description: For the shop.}}"}),
    Near("unused-knowledge", _told("What do you want to know?"), top=_FACT),
    Near(
        "unused-outcome",
        {"menu": _menu("To go on, press one.", _ON, ", on_hang_up: early")},
        {"outcomes": "[done, lost, early]"},
    ),
    Near(
        "unused-variable",
        {
            "menu": _menu("To go on, press one.", 'on: {key: "1", next: look}'),
            "look": "{lookup: {name: stock, gives: {left: integer}, timeout: 2s}, next: more, failed: bye}",
            "more": "{lookup: {name: price, arguments: {left: left}, timeout: 2s}, next: bye, failed: bye}",
        },
    ),
    Near("voice-only", flow={"commands": "{bye: {hear: {en: [good night]}, next: bye}}"}),
    Near(
        "private-recording",
        {
            "menu": '{ask: {en: "Your secret word?"}, private: true, '
            "listen: {into: words, longest: 3s, silence: 2s}, next: bye}",
        },
    ),
    Near("wordless-end", {"menu": _TO_TELL, "tell": "{hang_up: done}"}),
    Near(
        "wrong-key",
        {"menu": _menu("To go on, press one. To end, press zero.", _ON)},
        {"commands": '{bye: {key: "0", next: bye}}'},
    ),
    Near("wrong-script", {"menu": _HINDI_MENU, "bye": _BOTH_BYE}, {"languages": "[en, hi]"}),
    Near("empty-header", {"menu": _WORDS}, top='routes:\n  - {any: true, headers: {X-Campaign: "*"}, flow: shop}'),
    Near(
        "lost-route",
        {"menu": _WORDS},
        top="routes:\n  - {any: true, headers: {X-Campaign: diwali26}, flow: shop}\n"
        '  - {any: true, headers: {X-Campaign: "diwali*"}, flow: shop}',
    ),
    Near(
        "no-person",
        flow={"commands": "{agent: {hear: {en: [a person]}, next: hold}}"},
        steps={"hold": '{transfer: {to: "+918047112211"}, next: bye, failed: bye}'},
        top="routes:\n  - {any: true, flow: shop}",
    ),
    Near(
        "no-person",
        {"menu": "{say: {en: We are closed today.}, next: bye}"},
        top="routes:\n  - {any: true, flow: shop}",
    ),
    Near(
        "self-transfer",
        {
            "menu": '{transfer: {to: "+918047112211"}, next: bye, failed: again}',
            "again": _menu(
                "To try again, press one. To end, press two.", 'on: {key: "1", next: menu}, off: {key: "2", next: bye}'
            ),
        },
    ),
]
"""One or more for each rule."""
