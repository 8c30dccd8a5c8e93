import { list } from "../words.js";

/** Large cities whose names are hardly anything else in English. Spelled as they shall be shown. */
export const cities = list(`
    Abu Dhabi, Accra, Addis Ababa, Amsterdam, Ankara, Antwerp, Athens, Atlanta, Auckland, Austin, Baltimore
    Bangalore, Bangkok, Barcelona, Basel, Beijing, Beirut, Belfast, Belgrade, Bengaluru, Berlin, Bern
    Birmingham, Bogotá, Bologna, Bordeaux, Boston, Bratislava, Brisbane, Bristol, Brussels, Bucharest
    Budapest, Buenos Aires, Cairo, Calgary, Cambridge, Cape Town, Casablanca, Chennai, Chicago, Cologne
    Copenhagen, Dallas, Delhi, Denver, Detroit, Doha, Dortmund, Dresden, Dubai, Dublin, Düsseldorf
    Edinburgh, Eindhoven, Frankfurt, Gdańsk, Geneva, Ghent, Glasgow, Gothenburg, Graz, Guangzhou, Hamburg
    Hanoi, Hanover, Heidelberg, Helsinki, Hong Kong, Houston, Hyderabad, Istanbul, Jakarta, Jerusalem
    Johannesburg, Karachi, Karlsruhe, Kraków, Kuala Lumpur, Kyiv, Kyoto, Lagos, Lausanne, Leeds, Leipzig
    Lima, Lisbon, Liverpool, Ljubljana, London, Los Angeles, Luxembourg, Lyon, Madrid, Malmö, Manchester
    Manila, Marseille, Melbourne, Mexico City, Miami, Milan, Minneapolis, Montreal, Mumbai, München, Munich
    Nairobi, Naples, New Delhi, New York, Nuremberg, Osaka, Oslo, Ottawa, Oxford, Paris, Philadelphia
    Pittsburgh, Porto, Prague, Pune, Riga, Rio de Janeiro, Riyadh, Rome, Rotterdam, Salzburg, San Diego
    San Francisco, San José, Santiago, São Paulo, Seattle, Seoul, Seville, Shanghai, Shenzhen, Singapore
    Sofia, Stockholm, Stuttgart, Sydney, Taipei, Tallinn, Tel Aviv, The Hague, Tokyo, Toronto, Toulouse
    Turin, Utrecht, Valencia, Vancouver, Venice, Vienna, Vilnius, Warsaw, Washington, Wrocław, Zagreb
    Zürich, Zurich`);

export const countries = list(`
    Argentina, Australia, Austria, Belgium, Brazil, Canada, Chile, China, Colombia, Croatia, Denmark, Egypt
    Estonia, Finland, France, Germany, Ghana, Greece, Hungary, Iceland, India, Indonesia, Ireland, Israel
    Italy, Japan, Kenya, Latvia, Lithuania, Malaysia, Mexico, Morocco, Netherlands, New Zealand, Nigeria
    Norway, Pakistan, Peru, Philippines, Poland, Portugal, Romania, Scotland, Serbia, Slovakia, Slovenia
    South Africa, South Korea, Spain, Sweden, Switzerland, Thailand, Tunisia, Ukraine, Vietnam, Wales`);
