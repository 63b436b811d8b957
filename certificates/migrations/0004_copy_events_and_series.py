"""What older versions wrote of certificates and series moves to where it is kept from now on."""

from typing import Any

from django.db import migrations

PIECE = 2000


def copy_events(apps: Any, schema_editor: Any) -> None:
    """Give every holding its acts in their order, and let it stand as the last one says."""
    holdings, events = apps.get_model("certificates", "Holding"), apps.get_model("certificates", "HoldingEvent")
    older = apps.get_model("certificates", "CertificateEvent")
    counts: dict[int, int] = {}
    written = []
    rows = older.objects.select_related("certificate").order_by("at", "pk").iterator(chunk_size=PIECE)
    for event in rows:
        certificate = event.certificate
        counts[certificate.holding_id] = counts.get(certificate.holding_id, 0) + 1
        written.append(
            events(
                uuid=event.uuid,
                holding_id=certificate.holding_id,
                sequence=counts[certificate.holding_id],
                certificate_id=certificate.pk,
                operation=event.operation,
                status=event.status,
                at=event.at,
                authority_id=certificate.authority_id,
                actor_id=event.actor_id,
                reason=event.reason,
            )
        )
        standing = {"status": event.status}
        if event.operation in ("01", "02"):
            standing |= {"certificate_number": certificate.number, "last_issued_at": certificate.issued_at}
        holdings.objects.filter(pk=certificate.holding_id).update(**standing)
    events.objects.bulk_create(written, batch_size=PIECE)


def copy_series(apps: Any, schema_editor: Any) -> None:
    """Numbers go on where they stood."""
    series = apps.get_model("certificates", "NumberSeries")
    for row in apps.get_model("certificates", "CertificateSeries").objects.select_related("authority"):
        series.objects.create(name=f"{row.authority.code}-{row.year}", last_serial=row.last_serial)


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_events_of_holdings")]
    operations = [
        migrations.RunPython(copy_events, migrations.RunPython.noop),
        migrations.RunPython(copy_series, migrations.RunPython.noop),
    ]
