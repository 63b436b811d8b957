"""How every form field of the site is drawn: ``{{ field.as_field_group }}`` renders ``lms/_field.html``."""

from django.forms.renderers import DjangoTemplates


class SiteFormRenderer(DjangoTemplates):
    """Label, hint, error and control, linked by ``aria-describedby``; widgets stay Django's and Wagtail's own."""

    field_template_name = "lms/_field.html"
