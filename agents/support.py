"""The agent that looks into it."""

from switchboard.line.agent import VoiceAgent
from switchboard.line.face import Face
from tools.knowledge import search_knowledge
from tools.orders import cancel_order, find_order, list_recent_orders
from tools.returns import start_return
from tools.tickets import open_ticket
from tools.verification import confirm_caller, send_code, verify_caller


class Support(VoiceAgent):
    """Answers questions about orders and changes them."""

    face = Face("Order support", role="Orders, deliveries, returns", colour="blue")
    purpose = "The caller asks about an order, a delivery, a cancellation, a return or a refund, or wants a ticket."
    opening = (
        "Pick up where the conversation stands: answer what the caller said last and do not greet again. If it needs "
        "their account and they are not verified, ask for an order number and the postcode."
    )
    toolbox = (
        verify_caller,
        confirm_caller,
        send_code,
        find_order,
        list_recent_orders,
        start_return,
        cancel_order,
        open_ticket,
        search_knowledge,
    )
