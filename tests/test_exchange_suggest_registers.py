"""Does a suggestion recognise the columns of ordinary registers in six languages?"""

from __future__ import annotations

from pathlib import Path

import pytest

from theorytopractice.exchange.column_looks import looks_of
from theorytopractice.exchange.register_survey import describe
from theorytopractice.model.plain_text import in_usual_width

REGISTERS = Path(__file__).parent / "registers"
EXPECTED = {
    "english.csv": {
        "Ref": "finding.finding_id",
        "Date raised": "finding.recorded_on",
        "Finding": "finding.statement",
        "Agreed action": "action.title",
        "Responsible person": "owner.name",
        "Department": "owner.unit",
        "Priority": "unused",
        "Target date": "action.due",
        "Status": "status",
        "Completion date": "event.complete",
        "Comments": "note",
    },
    "french.csv": {
        "N°": "finding.finding_id",
        "Constat": "finding.statement",
        "Recommandation": "action.title",
        "Responsable": "owner.name",
        "Service": "owner.unit",
        "Échéance": "action.due",
        "État d'avancement": "status",
        "Date de réalisation": "event.complete",
        "Commentaires": "note",
    },
    "spanish.csv": {
        "Código": "finding.finding_id",
        "Fecha del hallazgo": "finding.recorded_on",
        "Hallazgo": "finding.statement",
        "Acción correctiva": "action.title",
        "Responsable": "owner.name",
        "Área": "owner.unit",
        "Fecha límite": "action.due",
        "Estado": "status",
        "Avance": "event.progress",
        "Observaciones": "note",
    },
    "portuguese.csv": {
        "Nº": "finding.finding_id",
        "Tema": "finding.theme",
        "Constatação": "finding.statement",
        "Recomendação": "action.title",
        "Responsável": "owner.name",
        "Prazo": "action.due",
        "Situação": "status",
        "Data de conclusão": "event.complete",
        "Evidência": "evidence.description",
    },
    "german.csv": {
        "Lfd. Nr.": "finding.finding_id",
        "Feststellung": "finding.statement",
        "Maßnahme": "action.title",
        "Zuständig": "owner.name",
        "Abteilung": "owner.unit",
        "Erfasst am": "finding.recorded_on",
        "Termin": "action.due",
        "Stand": "status",
        "Erledigt am": "event.complete",
        "Bemerkungen": "note",
    },
    "chinese.csv": {
        "序号": "finding.finding_id",
        "问题描述": "finding.statement",
        "整改措施": "action.title",
        "责任人": "owner.name",
        "责任部门": "owner.unit",
        "提出日期": "finding.recorded_on",
        "完成时限": "action.due",
        "整改状态": "status",
        "实际完成日期": "event.complete",
        "备注": "note",
    },
}
CASES = [(name, heading, role) for name, columns in EXPECTED.items() for heading, role in columns.items()]


@pytest.mark.parametrize(("name", "heading", "role"), CASES)
def test_a_column_is_recognised(name, heading, role):
    (sheet,) = describe(REGISTERS / name).sheets
    assert looks_of(sheet)[in_usual_width(heading)].role == role
