"""Loading of the reference data that ships with the apps."""

from courses.operations.reference.files import ReferenceDataError
from courses.operations.reference.load import LoadReport, load_reference_data

__all__ = ["LoadReport", "ReferenceDataError", "load_reference_data"]
