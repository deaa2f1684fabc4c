"""What a camera on the network is worth: found and asked over ONVIF, its streams watched for seconds, advice given."""
