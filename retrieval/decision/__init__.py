"""What a search comes to: is a page found, does it answer, is the message an administration's business at all?"""
