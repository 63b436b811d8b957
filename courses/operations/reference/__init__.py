"""Loading of the reference data that ships with the apps."""

from courses.operations.reference.files import ReferenceDataError
from courses.operations.reference.load import load_reference_data
from courses.operations.reference.rows import LoadReport

__all__ = ["LoadReport", "ReferenceDataError", "load_reference_data"]
