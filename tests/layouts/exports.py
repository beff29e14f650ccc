"""A small export, its layout and the reference rows that layouts look things up in.

Belongs here: what several tests of layouts name. Does not belong here: what must hold.
"""

from ingest.contracts import contracts
from ingest.settings import project_folder

CONTRACTS = contracts(project_folder() / "dbt" / "models" / "sources")
REFERENCES = {
    "lea_alias": [{"alias": "Alder City Schools", "lea_id": "0101"}, {"alias": "Birch Area", "lea_id": "0102"}],
    "account_classes": [
        {"dimension": "object", "code": "100", "code_to": "699", "account_class": "expenditure"},
        {"dimension": "object", "code": "800", "code_to": "", "account_class": "revenue"},
        {"dimension": "object", "code": "900", "code_to": "950", "account_class": "asset"},
    ],
}
HEADER = ["Name", "Fund", "Func", "Obj", "Amount"]
COLUMNS = {"fund_code": "Fund", "account_class": {"lookup": "account_classes", "dimension": "object", "from": "Obj", "otherwise": "unknown"},
           "function_code": "Func", "object_code": "Obj", "location_type": {"value": "unknown"}}  # fmt: skip
AMOUNTS = [{"amount_type": "actual", "from": "Amount"}]
