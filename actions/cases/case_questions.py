"""The question that a fork asks: the source's own, or one from ``domain.yml`` for the difference between its cases."""

from collections import Counter

from actions.cases.case_tree import Fork
from actions.situation.ages import AGE
from actions.situation.matching import is_default, is_elsewhere
from actions.situation.places import AREA, COUNTRY
from actions.situation.reading import demanded

_BY_FACET = {
    AGE: "utter_ask_age",
    AREA: "utter_ask_area",
    COUNTRY: "utter_ask_country",
    "nationality": "utter_ask_nationality",
    "work": "utter_ask_work",
    "contract": "utter_ask_work",
    "branch": "utter_ask_work",
    "couple": "utter_ask_household",
    "children": "utter_ask_household",
    "tenure": "utter_ask_housing",
    "furnishing": "utter_ask_housing",
    "housing": "utter_ask_housing",
    "mode": "utter_ask_mode",
    "decision": "utter_ask_decision",
    "vehicle": "utter_ask_vehicle",
}


def question_for(fork: Fork) -> str:
    """Returns the response that asks the question of ``fork``. A facet selects it if all cases but the default one differ in
    it.
    """
    if fork.question:
        return "utter_ask_source"
    demands = [demanded(label) for label in fork.labels if not (is_default(label) or is_elsewhere(label))]
    shared = Counter(facet for demand in demands for facet in demand)
    for facet, response in _BY_FACET.items():
        if shared[facet] == len(demands) and len({demand[facet] for demand in demands}) == len(demands):
            return response
    return "utter_ask_case"
