"""Test cases of flows, written in YAML: a call in text, and what must come of it."""

from ivr_flows.cases.loader import CaseBook, LoadedCase, load_cases
from ivr_flows.cases.model import Act, Case, Expect, Given
from ivr_flows.cases.runner import Result, run_case

__all__ = ["Act", "Case", "CaseBook", "Expect", "Given", "LoadedCase", "Result", "load_cases", "run_case"]
