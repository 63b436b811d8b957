"""Questions are frozen with their edition: PostgreSQL itself refuses to change them."""

from django.db import migrations

from lms.lib.append_only import lock_tables


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_lesson_questions")]
    operations = [lock_tables("courses_lessonquestion")]
