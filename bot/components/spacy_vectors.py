"""spaCy for the pipeline of ``config.yml``, without the unused parts of the language package."""

import json

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.model import InvalidModelError
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP
from spacy.util import get_package_path


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MODEL_LOADER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
    model_from="SpacyVectors",
)
class SpacyVectors(SpacyNLP):  # type: ignore[misc]
    """Tokenizer and word vectors of a spaCy package; its trained pipes are never read from disk."""

    @staticmethod
    def load_model(spacy_model_name: str) -> SpacyModel:
        """Loads ``spacy_model_name``. Raises ``InvalidModelError`` if it is not installed in this environment."""
        try:
            package = get_package_path(spacy_model_name)
            pipes = json.loads((package / "meta.json").read_text(encoding="utf-8"))["pipeline"]
            language = spacy.load(spacy_model_name, exclude=pipes)
        except (OSError, ImportError) as error:
            raise InvalidModelError(f"The spaCy package {spacy_model_name} is not installed in this environment.") from error
        return SpacyModel(model=language, model_name=spacy_model_name)
