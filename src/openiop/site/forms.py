"""Forms of the public site. They parse; nothing is kept."""

from __future__ import annotations

from typing import Any

from django import forms

from openiop.admissions.engine.selfcheck import Question


class QuestionForm(forms.Form):
    """One question of the self-check. `cleaned_data["answer"]` is a tuple of values."""

    use_required_attribute = False

    def __init__(self, question: Question, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        kind = forms.MultipleChoiceField if question.many else forms.ChoiceField
        self.fields["answer"] = kind(
            label=question.text,
            choices=[(option.value, option.text) for option in question.options],
            widget=forms.CheckboxSelectMultiple if question.many else forms.RadioSelect,
            error_messages={"required": "Choose an answer. You may choose not to say."},
        )

    def clean_answer(self) -> tuple[str, ...]:
        """The chosen values. “None of these” beside a danger sign keeps the danger sign: the careful reading wins."""
        chosen = self.cleaned_data["answer"]
        values = tuple(chosen) if isinstance(chosen, list) else (chosen,)
        alone = {option.value for option in self.question.options if option.alone}
        others = tuple(value for value in values if value not in alone)
        return others or values[:1]
