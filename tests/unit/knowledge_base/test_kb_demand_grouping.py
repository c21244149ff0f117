"""Messages by subject, and the names of subjects."""

from __future__ import annotations

import numpy as np

from knowledge_base.quality.demand.grouping import centred, centroid, group, names, title


def vectors(*directions: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Unit vectors along these axes, each with a little of its own."""
    found = np.zeros((len(directions), 12), np.float32)
    for row, direction in enumerate(directions):
        found[row, direction] = 1.0
        found[row, 6 + row % 6] += 0.1
    return centred(found, np.zeros(12, np.float32))


def test_near_messages_are_one_subject_the_largest_first() -> None:
    assert group(vectors(0, 1, 1, 2, 1, 0)) == [[1, 2, 4], [0, 5], [3]]
    assert group(vectors(3)) == [[0]]
    assert group(vectors()) == []


def test_what_all_questions_share_says_nothing() -> None:
    shared = np.asarray([[9.0, 1.0, 0.0], [9.0, 0.0, 1.0]], np.float32)
    apart = centred(shared, np.asarray([9.0, 0.0, 0.0], np.float32))
    assert abs(float(apart[0] @ apart[1])) < 1e-6


def test_a_centroid_is_a_unit_vector_amid_its_own() -> None:
    middle = centroid(vectors(1, 1, 1))
    assert np.isclose(np.linalg.norm(middle), 1.0)
    assert int(np.argmax(middle)) == 1


def test_a_subject_is_named_by_what_its_citizens_say_and_others_do_not() -> None:
    groups = [
        [
            "Comment refaire ma carte grise après un déménagement ?",
            "carte grise : changement d'adresse, comment faire",
            "changer l'adresse de la carte grise",
        ],
        ["Comment demander une place en crèche ?", "place en crèche pour mon fils", "crèche municipale, comment s'inscrire"],
    ]
    cars, nurseries = names(groups, lambda term: 1.0)
    assert cars[0] == "carte grise"
    assert "crèche" in " ".join(nurseries[:1])
    assert not {"comment", "faire"} & set(cars[:2] + nurseries[:2])


def test_a_lone_message_still_gets_a_name() -> None:
    ((name, *_),) = names([["la déchetterie est-elle ouverte le dimanche ?"]], lambda term: 1.0)
    assert name


def test_the_question_that_stands_for_a_group_is_central_says_its_terms_and_is_short() -> None:
    long = "Bonjour, " + "je vous écris car " * 10 + "une place en crèche"
    said = ["et pour mon fils ?", long, "Comment avoir une place en crèche ?", "place en crèche"]
    assert title(said, ("place en crèche",)) == "Comment avoir une place en crèche ?"
    assert title(said[:2], ()) == said[0]
    assert title([], ("crèche",)) == ""
    assert title([long], ()).endswith("…")
    assert len(title([long], ())) <= 110


def test_what_two_citizens_share_comes_first() -> None:
    (words,) = names([["ma poubelle jaune n'est pas passée", "poubelle cassée, qui appeler"]], lambda term: 1.0)
    assert words[0] == "poubelle"
