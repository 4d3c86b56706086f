"""keep categories as rows

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The word events were kept with, the word of addresses, the names.
CATEGORIES = [
    ("workshop", "atelier", "Atelier", "Workshop"),
    ("introduction", "initiation", "Initiation", "Introduction"),
    ("open_day", "portes-ouvertes", "Portes ouvertes", "Open day"),
    ("training", "formation", "Formation", "Training"),
    ("tutor_training", "formation-tuteurs", "Formation de tuteur·trices", "Training of tutors"),
    ("thematic", "reunion-thematique", "Réunion thématique", "Thematic meeting"),
    ("steering", "comite-de-pilotage", "Comité de pilotage", "Steering committee"),
    ("inter_lab", "rencontre-inter-labs", "Rencontre inter-labs", "Meeting of labs"),
    ("other", "autre", "Autre rendez-vous", "Other event"),
]


def upgrade() -> None:
    table = op.create_table(
        "category",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_category")),
    )
    op.bulk_insert(
        table,
        [
            {"slug": slug, "name_fr": french, "name_en": english, "position": position}
            for position, (_, slug, french, english) in enumerate(CATEGORIES, 1)
        ],
    )
    op.drop_constraint(op.f("ck_event_category"), "event", type_="check")
    op.alter_column("event", "category", new_column_name="category_slug", type_=sa.Text())
    for word, slug, _, _ in CATEGORIES:
        op.execute(
            sa.text("UPDATE event SET category_slug = :slug WHERE category_slug = :word").bindparams(
                slug=slug, word=word
            )
        )
    op.create_foreign_key(op.f("fk_event_category_slug"), "event", "category", ["category_slug"], ["slug"])
    op.create_index("ix_event_category_slug", "event", ["category_slug"])


def _rename(before: str, after: str) -> None:
    event = sa.table("event", sa.column("category_slug", sa.Text()))
    op.execute(event.update().where(event.c.category_slug == before).values(category_slug=after))


def downgrade() -> None:
    op.drop_index("ix_event_category_slug", table_name="event")
    op.drop_constraint(op.f("fk_event_category_slug"), "event", type_="foreignkey")
    # A category that was added since has no word of before.
    known = [slug for _, slug, _, _ in CATEGORIES]
    op.execute(
        sa.text("UPDATE event SET category_slug = 'autre' WHERE category_slug != ALL(:known)").bindparams(known=known)
    )
    for word, slug, _, _ in CATEGORIES:
        op.execute(
            sa.text("UPDATE event SET category_slug = :word WHERE category_slug = :slug").bindparams(
                slug=slug, word=word
            )
        )
    op.alter_column("event", "category_slug", new_column_name="category", type_=sa.String(length=40))
    words = ", ".join(f"'{word}'" for word, _, _, _ in CATEGORIES)
    op.create_check_constraint(op.f("ck_event_category"), "event", f"category IN ({words})")
    op.drop_table("category")
