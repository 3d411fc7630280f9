"""What a flow must hold to beyond its shape: rules, each a function from the file to its problems."""

from collections.abc import Callable, Iterator

from ivr_flows.problems import Problem
from ivr_flows.rules import languages, names, routes, sounds, speech, variables, ways
from ivr_flows.rules.subject import Subject

Rule = Callable[[Subject], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    names.targets_exist,
    names.outcomes_exist,
    names.giving_up_hangs_up,
    names.decisions_have_ways,
    ways.reachable,
    ways.no_circle_without_wait,
    languages.prompts_have_all,
    languages.hear_has_all,
    languages.known_to_flow,
    variables.known,
    variables.one_type,
    variables.filled_before_use,
    speech.one_answer_a_key,
    speech.one_answer_a_phrase,
    speech.confirmed_before_decision,
    sounds.exist,
    routes.lead_to_flows,
)

__all__ = ["RULES", "Rule", "Subject"]
