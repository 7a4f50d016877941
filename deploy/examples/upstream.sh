#!/usr/bin/env bash
# An upstream system in shell: asks for a refund, and shows the notice that comes of it.
#
#   deploy/examples/upstream.sh [FILE]     FILE has one refund.requested on one line; without it a request is made up
#
# AMQP_URL names the broker, AMQP_PREFIX what goes before every exchange's name, and AMQP_LISTENER_URL the user that listens
# where another one publishes (default AMQP_URL). Needs amqp-tools (Debian).
# Exit 0 a notice came, 1 none came within a minute.
#
# amqp-publish asks for no confirm. It ends well once the broker has closed the connection in order, and so has taken
# what came before; that a queue has it on disk, only the notice shows. Where none comes, send the same again: the same
# request twice changes nothing.
set -euo pipefail

url=${AMQP_URL:-amqp://guest:guest@127.0.0.1:5672/}
# For these tools a slash at the end names the virtual host without a name; without it they take the default one.
url=${url%/}
listening_url=${AMQP_LISTENER_URL:-$url}
listening_url=${listening_url%/}
prefix=${AMQP_PREFIX:-}
readonly url listening_url prefix seconds=60

todays_request() {
    local number
    number=$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s' "{\"request_id\":\"sh-$number\",\"kind\":\"cancellation\",\"submitted_at\":\"$(date -u +%FT%TZ)\"," \
        "\"order_number\":\"ORD-$number\",\"service\":{\"id\":\"api-requests\",\"subscription_id\":\"sub-$number\"}," \
        "\"customer\":{\"id\":\"cus-$number\"},\"invoice\":{\"number\":\"INV-$number\"," \
        "\"issued_on\":\"$(date -u -d '10 days ago' +%F)\",\"paid\":{\"amount\":\"10.00\",\"currency\":\"USD\"}," \
        "\"proof_of_payment\":\"https://files.example.com/p/$number.pdf\"}," \
        "\"usage\":{\"included\":10000,\"remaining\":7000},\"payment_method\":{\"type\":\"card\",\"token\":\"pm_$number\"}}"
}

# The first notice about the request, from a queue of our own: refund.notices belongs to the customer-mail system.
await_notice() {
    local notice
    while IFS= read -r -t "$seconds" notice <&"${listener[0]}"; do
        if [[ $notice == *"\"request_id\":\"$1\""* ]]; then
            printf '%s\n' "$notice"
            return 0
        fi
    done
    return 1
}

main() {
    local request id notice listening line=''
    if (($# > 0)); then request=$(tr -d '\n' <"$1"); else request=$(todays_request); fi
    id=$(sed -nE 's/.*"request_id": *"([^"]*)".*/\1/p' <<<"$request")

    coproc listener { exec amqp-consume -u "$listening_url" -e "${prefix}refund.events" -r 'notice.*' -A -- sh -c 'cat; echo' 2>&1; }
    listening=$listener_PID
    # shellcheck disable=SC2064
    trap "kill $listening 2>/dev/null || true" EXIT
    # It tells the queue's name, and binds it in the same breath: long before a worker can have decided anything.
    IFS= read -r -t "$seconds" line <&"${listener[0]}" || true
    if [[ $line != *'queue name'* ]]; then
        echo "amqp-consume did not start: $line" >&2
        exit 1
    fi

    amqp-publish -u "$url" -e "${prefix}refund.intake" -r refund.requested -p -C application/json -b "$request"
    echo "sent: $id"
    if ! notice=$(await_notice "$id"); then
        echo "no notice came within $seconds s; is a worker running, or is it in refund.dead (refund-worker dead list)?" >&2
        exit 1
    fi
    printf 'notice: %s\n' "$notice"
}

main "$@"
