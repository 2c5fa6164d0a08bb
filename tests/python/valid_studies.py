"""Checks study files against a JSON Schema: valid_studies.py SCHEMA.JSON STUDY.TOML…

Prints a line for every study that the schema refuses, and ends with 1 if there is one.
"""

import json
import sys
import tomllib
from pathlib import Path

import jsonschema

schema, *studies = sys.argv[1:]
document = json.loads(Path(schema).read_text())
jsonschema.Draft202012Validator.check_schema(document)
validator = jsonschema.Draft202012Validator(document)
refused = 0
for study in studies:
    for error in validator.iter_errors(tomllib.loads(Path(study).read_text())):
        refused += 1
        deepest = jsonschema.exceptions.best_match([error])
        print(f"{study}: {'/'.join(map(str, deepest.absolute_path))}: {deepest.message[:300]}")
sys.exit(1 if refused else 0)
