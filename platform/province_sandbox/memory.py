"""A receiver that answers valid receipts from memory and checks nothing, for measuring senders.

It computes what a sender compares (digest and chain) and forgets everything else; a material is
always known. It must never be mistaken for the province: it accepts any signature.
"""

import json
import threading
from typing import Any

from flask import Flask, Response, jsonify, request

from province_sandbox.clock import Clock
from province_sandbox.digests import chain_link, sm3_hex


def create_app() -> Flask:
    """The receiver as a WSGI app."""
    app = Flask("province_sandbox.memory", static_folder=None)
    receipts: dict[str, dict[str, Any]] = {}
    cases: dict[str, dict[str, Any]] = {}
    lock, clock = threading.Lock(), Clock()

    @app.post("/v1/cases/<case_no>/messages")
    def post_message(case_no: str) -> tuple[Response, int]:
        body = request.get_data()
        message, digest = json.loads(body), sm3_hex(body)
        with lock:
            known = receipts.get(message["message_id"])
            if known is not None:
                return jsonify(known), 200
            before = cases.get(case_no)
            chain = chain_link(before["chain"] if before else None, digest)
            receipt = _receipt(message, digest, chain, clock)
            receipts[message["message_id"]] = receipt
            cases[case_no] = {"case_no": case_no, "last_seq": message["seq"], "chain": chain}
        return jsonify(receipt), 201

    @app.get("/v1/cases/<case_no>")
    def get_case(case_no: str) -> tuple[Response, int]:
        state = cases.get(case_no)
        if state is None:
            return jsonify({"code": "NOT_FOUND", "message": "没有这个办件。"}), 404
        return jsonify(state), 200

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify({"ok": True})

    @app.route("/v1/materials/<digest>", methods=["HEAD", "PUT"])
    def material(digest: str) -> Response:
        request.get_data()
        return Response(digest, status=200)

    return app


def _receipt(message: dict[str, Any], digest: str, chain: str, clock: Clock) -> dict[str, Any]:
    return {
        "receipt_no": f"M-{chain[:16]}",
        "message_id": message["message_id"],
        "message_digest": digest,
        "received_at": clock.calendar().isoformat(timespec="milliseconds"),
        "seq": message["seq"],
        "chain": chain,
    }
