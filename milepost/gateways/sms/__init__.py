"""Text messages out of the house."""

from milepost.gateways.sms.fake import RecordingSms
from milepost.gateways.sms.text import SmsGateway, SmsRefused, SmsUnavailable, check
from milepost.gateways.sms.twilio import TwilioSms

__all__ = ["RecordingSms", "SmsGateway", "SmsRefused", "SmsUnavailable", "TwilioSms", "check"]
