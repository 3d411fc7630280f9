"""How long the intent classifier takes to learn and to decide: `python -m bench.intents`."""

from __future__ import annotations

import time

from media.llm.intents import IntentClassifier
from tests.media.llm.utterances import EXAMPLES, HELD_OUT, NONE_OF_THEM


def main() -> None:
    start = time.perf_counter()
    mind = IntentClassifier(EXAMPLES)
    print(f"learning {sum(map(len, EXAMPLES.values()))} examples: {(time.perf_counter() - start) * 1000:.0f} ms")
    offered = tuple(EXAMPLES)
    took, right = [], 0
    said = [(text, intent) for intent, texts in HELD_OUT.items() for text in texts]
    for text, intent in said * 10:
        start = time.perf_counter()
        decided, _ = mind.decide(text, offered)
        took.append((time.perf_counter() - start) * 1000)
        right += decided == intent
    taken = sum(mind.decide(text, offered)[0] != "none" for text in NONE_OF_THEM)
    took.sort()
    print(f"held out: {right / len(said) / 10:.1%} of {len(said)} right; {taken} of {len(NONE_OF_THEM)} others taken")
    print(f"a decision: p50 {took[len(took) // 2]:.2f} ms, p95 {took[int(len(took) * 0.95)]:.2f} ms")


if __name__ == "__main__":
    main()
