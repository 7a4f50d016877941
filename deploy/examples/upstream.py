#!/usr/bin/python3
"""An upstream system in Python: asks for a refund, and shows the notice that comes of it.

  deploy/examples/upstream.py [FILE]     FILE has one refund.requested; without it a request of today is made up

AMQP_URL names the broker (default amqp://guest:guest@127.0.0.1:5672/), and AMQP_PREFIX what goes before every exchange's
name (default nothing). AMQP_LISTENER_URL names the user that listens where another one publishes (default AMQP_URL): with
the users of deploy/rabbitmq, refund-upstream publishes and refund-listener listens. Needs pika (Debian: python3-pika). Exit 0 a notice came, 1 none came within a minute.
"""

import json
import os
import sys
import time
import uuid
from datetime import datetime, timedelta, timezone

import pika

SECONDS = 60


def todays_request():
    now = datetime.now(timezone.utc)
    number = uuid.uuid4().hex[:12]
    return {
        "request_id": f"py-{number}",
        "kind": "cancellation",
        "submitted_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "order_number": f"ORD-{number}",
        "service": {"id": "api-requests", "subscription_id": f"sub-{number}"},
        "customer": {"id": f"cus-{number}"},
        "invoice": {
            "number": f"INV-{number}",
            "issued_on": (now - timedelta(days=10)).strftime("%Y-%m-%d"),
            "paid": {"amount": "10.00", "currency": "USD"},
            "proof_of_payment": f"https://files.example.com/p/{number}.pdf",
        },
        "usage": {"unit": "request", "included": 10000, "remaining": 7000},
        "payment_method": {"type": "card", "token": f"pm_{number}"},
    }


def listen(channel, exchange):
    """A queue of our own for notices, before anything is asked: refund.notices belongs to the customer-mail system."""
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, exchange, "notice.*")
    return queue


def publish(channel, exchange, request):
    """Returns once the broker has it on disk; raises when it refuses it, or knows no queue for it.

    Publishing the same request again is harmless, so whoever loses the connection here simply starts over.
    """
    channel.confirm_delivery()
    properties = pika.BasicProperties(content_type="application/json", delivery_mode=2, type="refund.requested")
    channel.basic_publish(exchange, "refund.requested", json.dumps(request).encode(), properties, mandatory=True)


def await_notice(channel, queue, request_id):
    deadline = time.monotonic() + SECONDS
    for method, properties, body in channel.consume(queue, inactivity_timeout=1):
        if method is not None:
            channel.basic_ack(method.delivery_tag)
            if properties.correlation_id == request_id:
                return properties.type, json.loads(body)
        if time.monotonic() > deadline:
            return None


def main():
    request = json.load(open(sys.argv[1], encoding="utf-8")) if len(sys.argv) > 1 else todays_request()
    prefix = os.environ.get("AMQP_PREFIX", "")
    url = os.environ.get("AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/")
    listening = pika.BlockingConnection(pika.URLParameters(os.environ.get("AMQP_LISTENER_URL", url)))
    heard = listening.channel()
    queue = listen(heard, prefix + "refund.events")
    connection = pika.BlockingConnection(pika.URLParameters(url))
    publish(connection.channel(), prefix + "refund.intake", request)
    print(f"confirmed: the broker has {request['request_id']}")
    connection.close()
    notice = await_notice(heard, queue, request["request_id"])
    listening.close()
    if notice is None:
        sys.exit(f"no notice came within {SECONDS} s; is a worker running, or is it in refund.dead (refund-worker dead list)?")
    print(f"{notice[0]}: {json.dumps(notice[1])}")


main()
