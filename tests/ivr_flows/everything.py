"""A file of small flows, one for each kind of step that waits for more than a key or a word."""

from __future__ import annotations

from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow

EVERYTHING = """
knowledge:
  shop:
    hours: {hear: {en: [opening hours], hi: [समय]}, say: {en: "From nine to nine.", hi: "नौ से नौ।"}}
    place: {hear: {en: [where are you], hi: [कहाँ]}, say: {en: "At the market.", hi: "बाज़ार में।"}}

flows:
  resting:
    languages: [en]
    outcomes: [done, hung_up]
    on_hang_up: hung_up
    gives_up: bye
    start: rest
    steps:
      rest: {say: {en: "One moment."}, wait: 2s, next: ready}
      ready:
        ask: {en: "Ready? Press one."}
        options: {one: {key: "1", next: bye}}
      bye: {say: {en: "Goodbye."}, hang_up: done}

  sending:
    languages: [en]
    inputs: {order_id: order_number}
    outcomes: [sent, lost]
    on_hang_up: lost
    gives_up: lost
    start: send
    steps:
      send:
        say: {en: "I note that."}
        submit: {name: call_back, values: {order: order_id}, gives: {ticket: order_number}}
        next: sent
        failed: lost
      sent: {say: {en: "Your ticket is {{ ticket }}."}, hang_up: sent}
      lost: {say: {en: "That did not work."}, hang_up: lost}

  handing:
    languages: [en]
    outcomes: [talked, nobody]
    on_hang_up: nobody
    gives_up: nobody
    start: hand
    steps:
      hand:
        say: {en: "I connect you."}
        transfer:
          to: "+918047119999"
          whisper: {en: "A customer. Press one."}
          accept: "1"
        next: talked
        failed: nobody
      talked: {hang_up: talked}
      nobody: {say: {en: "Nobody is there."}, hang_up: nobody}

  leaving:
    languages: [en]
    outcomes: [left, none]
    on_hang_up: none
    gives_up: none
    start: message
    steps:
      message:
        ask: {en: "Speak after the tone."}
        voicemail: {into: message, review: {ask: {en: "Keep it? One. Again? Two."}}}
        on_hang_up: left
        next: left
      left: {say: {en: "Thank you."}, hang_up: left}
      none: {hang_up: none}

  recording:
    languages: [en]
    outcomes: [kept, none]
    on_hang_up: none
    gives_up: none
    start: name
    steps:
      name:
        ask: {en: "Say your name."}
        record: {into: name, ends_with: "#"}
        next: kept
      kept: {say: {en: "Thank you."}, hang_up: kept}
      none: {hang_up: none}

  typing:
    languages: [en]
    outcomes: [typed, none]
    on_hang_up: none
    gives_up: none
    start: number
    steps:
      number:
        ask: {en: "Type your order number."}
        digits: {into: order, type: order_number, min: 4, max: 4}
        confirm: {say: {en: "{{ order }}. Right? One. Wrong? Two."}}
        next: typed
      typed: {say: {en: "Thank you."}, hang_up: typed}
      none: {hang_up: none}

  choosing:
    languages: [en, hi]
    outcomes: [chosen, none]
    on_hang_up: none
    gives_up: none
    start: language
    steps:
      language:
        ask: {en: "For English, press one.", hi: "हिन्दी के लिए दो दबाइए।"}
        language: {en: "1", hi: "2"}
        next: chosen
      chosen: {say: {en: "Thank you.", hi: "धन्यवाद।"}, hang_up: chosen}
      none: {hang_up: none}

  talking:
    languages: [en]
    outcomes: [answered, person, hung_up]
    on_hang_up: hung_up
    gives_up: bye
    longest: {after: 5m, then: late}
    commands:
      repeat: {key: "*", hear: {en: [again]}}
    start: talk
    steps:
      talk:
        ask: {en: "What can I do for you?"}
        converse:
          knowledge: [shop]
          exits:
            agent: {key: "0", hear: {en: [a person]}, next: person}
          turns: 3
        next: bye
      person: {say: {en: "A person calls you."}, hang_up: person}
      late: {say: {en: "Our time is up."}, hang_up: answered}
      bye: {say: {en: "Goodbye."}, hang_up: answered}

  noting:
    languages: [en]
    outcomes: [noted, none]
    on_hang_up: none
    gives_up: none
    commands:
      again: {key: "*", hear: {en: [say that again]}}
    start: note
    steps:
      note:
        ask: {en: "What happened?"}
        listen: {into: note}
        next: noted
      noted: {say: {en: "Thank you."}, hang_up: noted}
      none: {hang_up: none}

  identifying:
    languages: [en]
    outcomes: [known, unknown]
    on_hang_up: unknown
    gives_up: bye
    start: identify
    steps:
      identify: {run: {flow: typing, then: {typed: known, none: bye}}}
      known: {say: {en: "I know {{ order }}."}, hang_up: known}
      bye: {say: {en: "Bye."}, hang_up: unknown}

  offering:
    languages: [en]
    inputs: {pay: rupees, stops: list}
    outcomes: [accepted, rejected, already_taken, unclear, hung_up]
    on_hang_up: hung_up
    gives_up: unclear
    decisions: {already: already_taken, failed: unclear}
    no_input: {after: 4s, tries: 2}
    commands:
      repeat: {key: "*", hear: {en: [again]}}
    start: offer
    steps:
      offer: {say: {en: "A trip of {{ stops }}. You earn {{ pay }}."}, next: choice}
      choice:
        ask: {en: "Take it? One. Leave it? Two."}
        options:
          accept: {key: "1", hear: {en: [take it]}, confirm: {en: "You take it?"}, next: accepted}
          reject: {key: "2", hear: {en: [leave it]}, confirm: {en: "You leave it?"}, next: rejected}
      accepted: {decide: accepted, say: {en: "The trip is yours."}}
      rejected: {decide: rejected, say: {en: "All right."}}
      already_taken: {say: {en: "Another has it."}, hang_up: already_taken}
      unclear: {say: {en: "I did not get that."}, hang_up: unclear}

  looping:
    languages: [en]
    outcomes: [answered, unclear, hung_up]
    on_hang_up: hung_up
    gives_up: unclear
    start: menu
    steps:
      menu:
        ask: {en: "A message? Zero. Goodbye? One."}
        options:
          message: {key: "0", next: message}
          goodbye: {key: "1", hear: {en: [bye]}, next: goodbye}
      message:
        ask: {en: "Back to the menu? Seven."}
        options: {back: {key: "7", next: menu}}
      goodbye: {say: {en: "Goodbye."}, hang_up: answered}
      unclear: {say: {en: "Please call again."}, hang_up: unclear}
"""


def flow(name: str) -> Flow:
    """One of them."""
    return parse_flows(EVERYTHING).flows[name]
