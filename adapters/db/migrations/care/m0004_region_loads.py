"""Region loads: a row for each process, where there was one for each region."""

import sqlalchemy as sa
from alembic import op

from adapters.db.tables import HAS_STRICT_TABLES, INTEGER, TEXT

revision = "0004"
down_revision = "0003"

SHAPES = {
    "region_load": (
        "insured_region:str,process:str,waiting:int"
        " key=('insured_region', 'process') indexes=() unique=()"
    ),
}


def upgrade() -> None:
    op.create_table(
        "region_load_by_process",
        sa.Column("insured_region", TEXT, nullable=False),
        sa.Column("process", TEXT, nullable=False),
        sa.Column("waiting", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("insured_region", "process"),
        sqlite_strict=HAS_STRICT_TABLES,
    )
    op.execute(
        "INSERT INTO region_load_by_process (insured_region, process, waiting)"
        " SELECT insured_region, '1', waiting FROM region_load"
    )
    op.drop_table("region_load")
    op.rename_table("region_load_by_process", "region_load")
