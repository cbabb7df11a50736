"""Level-of-care recommendation: `parse_case`, `recommend`, `schema`. It recommends; a licensed person decides."""

from openiop.admissions.engine.placement.cases import measure_facts, parse_case
from openiop.admissions.engine.placement.content import worksheet
from openiop.admissions.engine.placement.evaluation import recommend
from openiop.admissions.engine.placement.output import as_json
from openiop.admissions.engine.placement.schema import schema

__all__ = ["as_json", "measure_facts", "parse_case", "recommend", "schema", "worksheet"]
